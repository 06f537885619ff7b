import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "@keyline/runtime";
import { ConnectionBroken, Unreachable } from "../errors.js";
import type { Address, KafkaConnection } from "../port.js";
import { ByteReader } from "../wire/byte-reader.js";
import type { OwnRequest, RequestVersion } from "../wire/request.js";
import { apiVersions } from "../wire/topics.js";
import { nameOfAddress } from "./address.js";

/** One broker, and the connections to it, which open when they are needed. */
export interface Broker {
  readonly address: Address;
  /** Sends a request, once. Throws `options_invalid` for a broker that is too old for it. */
  send<Answer>(own: OwnRequest<Answer>): Promise<Answer>;
  /** Whether it speaks a request in this version. */
  speaks(version: RequestVersion): Promise<boolean>;
  /** The newest version that it speaks of each request, by the request's number. */
  versions(): Promise<ReadonlyMap<number, number>>;
  /** Ends its connections, and opens none any more. */
  close(): void;
}

export interface BrokerOptions {
  readonly address: Address;
  readonly connect: (address: Address, signal: AbortSignal) => Promise<KafkaConnection>;
  readonly requestTimeoutMs: number;
}

/** A connection, from before it opens. */
interface Line {
  readonly opened: Promise<KafkaConnection>;
  connection: KafkaConnection | null;
  /** The broker asks to be left alone until then. */
  quietUntilMs: number;
}

/** A broker takes a connection's requests one after the other, and lets a fetch wait for records: fetches have their own. */
const fetchKey = 1;
const placeOf = ({ apiKey }: RequestVersion) => (apiKey === fetchKey ? "fetches" : "others");

/** The connections to a broker, each of which opens when it is first needed. */
interface Lines {
  at(place: string): Line;
  /** Closes all connections; the next request connects again. */
  end(): void;
  close(): void;
}

/** Invariant: a place has one line at most, of which the connection is open or on its way; none once it is closed. */
function createLines({ address, connect }: BrokerOptions): Lines {
  const lines = new Map<string, Line>();
  const closing = new AbortController();

  const open = async (): Promise<KafkaConnection> => {
    try {
      closing.signal.throwIfAborted();
      return await connect(address, closing.signal);
    } catch (caught) {
      throw new Unreachable(nameOfAddress(address), caught);
    }
  };

  const end = () => {
    for (const { connection } of lines.values()) connection?.close();
    lines.clear();
  };

  return {
    at(place) {
      const found = lines.get(place);
      if (found && found.connection?.isOpen !== false) return found;
      const line: Line = { opened: open(), connection: null, quietUntilMs: 0 };
      lines.set(place, line);
      line.opened.then(
        (connection) => {
          line.connection = connection;
        },
        () => lines.get(place) === line && lines.delete(place),
      );
      return line;
    },
    end,
    close() {
      closing.abort(new Error("the transport is closed"));
      end();
    },
  };
}

/**
 * Invariant: `known` is what the broker said over a line that it speaks, null before it was asked and after a question that
 * failed. A request that brings no answer in time ends both lines: a proxy or a firewall may keep connections that lead nowhere
 * any more, and no end of them is ever told.
 */
export function createBroker(options: BrokerOptions): Broker {
  const { address, requestTimeoutMs } = options;
  const lines = createLines(options);
  let known: { readonly line: Line; readonly versions: Promise<ReadonlyMap<number, number>> } | null = null;

  const answerOf = async (connection: KafkaConnection, own: OwnRequest<unknown>): Promise<Buffer> => {
    const { apiKey, apiName, apiVersion, isFlexible = false, mayTakeMs = 0 } = own;
    const withinMs = Math.max(requestTimeoutMs, mayTakeMs);
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      lines.end();
    }, withinMs);
    try {
      const answer = await connection.send({ apiKey, apiName, apiVersion, isFlexible, body: own.encode() });
      return isFlexible ? behindTags(answer) : answer;
    } catch (caught) {
      const reason = isLate ? new Error(`no answer within ${withinMs} ms`) : caught;
      throw new ConnectionBroken(nameOfAddress(address), reason);
    } finally {
      clearTimeout(late);
    }
  };

  const exchange = async <Answer>(own: OwnRequest<Answer>): Promise<Answer> => {
    const line = lines.at(placeOf(own));
    const connection = await line.opened;
    const quietMs = line.quietUntilMs - performance.now();
    if (quietMs > 0) await sleep(quietMs);
    const { answer, throttleMs } = await own.decode(await answerOf(connection, own));
    if (throttleMs > 0) line.quietUntilMs = performance.now() + throttleMs;
    return answer;
  };

  const versions = (): Promise<ReadonlyMap<number, number>> => {
    const line = lines.at("others");
    if (known?.line === line) return known.versions;
    const asked = exchange(apiVersions({})).then(
      ({ apis }) => new Map(apis.map(({ apiKey, maxVersion }) => [apiKey, maxVersion])),
      (caught: unknown) => {
        // Nothing else was sent: what was to come after it was not.
        throw caught instanceof ConnectionBroken ? new Unreachable(nameOfAddress(address), caught) : caught;
      },
    );
    known = { line, versions: asked };
    asked.catch(() => {
      if (known?.versions === asked) known = null;
    });
    return asked;
  };

  const speaks = async ({ apiKey, apiVersion }: RequestVersion) => ((await versions()).get(apiKey) ?? -1) >= apiVersion;

  return {
    address,
    async send(own) {
      if (!(await speaks(own))) throw tooOld(own);
      return exchange(own);
    },
    speaks,
    versions,
    close: lines.close,
  };
}

const tooOld = ({ apiName, apiVersion, since }: OwnRequest<unknown>): KeylineError =>
  new KeylineError(
    "options_invalid",
    `the broker does not speak ${apiName} ${apiVersion}: Kafka ${since} or later is needed`,
    // Nothing was sent.
    { retryable: true },
  );

/** What follows the header of an answer in the newer protocol. */
function behindTags(payload: Buffer): Buffer {
  const reader = new ByteReader(payload);
  reader.skipTags();
  return payload.subarray(reader.at);
}
