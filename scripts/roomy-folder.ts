import { accessSync, constants, readFileSync, statfsSync } from "node:fs";

const folder = "/dev/shm";
const roomNeeded = 8 * 2 ** 30;
const inGigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`;

/** What a folder is good for. */
export interface Folder {
  /** Bytes; 0 where it is not there or cannot be written. */
  readonly room: number;
  /** Whether programs may run there: those of PostgreSQL may have to be copied. */
  readonly runsPrograms: boolean;
}

/** Where brokers and databases of tests keep their files, as environment; and what to say where that is slow. */
export interface RoomyFolder {
  readonly env: { readonly TMPDIR?: string };
  /** Null where the files lie in memory. */
  readonly warning: string | null;
}

/**
 * In memory where there is room: Kafka waits for the disk several times for each partition that it makes, and the suites
 * make thousands. On a disk that is most of their time.
 */
export function roomyFolder({ room, runsPrograms }: Folder = shared()): RoomyFolder {
  if (room > roomNeeded && runsPrograms) return { env: { TMPDIR: folder }, warning: null };
  return {
    env: {},
    warning: `${folder} ${lackOf({ room, runsPrograms })}: brokers and databases of tests write to a disk, which takes several times as long (in a container: --shm-size=9g; else mount -o remount,exec,size=9g ${folder})`,
  };
}

function lackOf({ room }: Folder): string {
  if (room === 0) return "is not there or cannot be written";
  return room > roomNeeded
    ? "lets no program run"
    : `has ${inGigabytes(room)} left, and ${inGigabytes(roomNeeded)} are needed`;
}

function shared(): Folder {
  try {
    const { bavail, bsize } = statfsSync(folder);
    accessSync(folder, constants.W_OK);
    const runsPrograms = !/^\S+ \/dev\/shm \S+ \S*\bnoexec\b/m.test(readFileSync("/proc/mounts", "utf8"));
    return { room: bavail * bsize, runsPrograms };
  } catch {
    return { room: 0, runsPrograms: false };
  }
}
