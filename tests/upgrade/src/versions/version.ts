// What the scenarios need of a version, in words of their own: each version is fitted to it in one small file.

/** A connection to a cluster; what else it can do is between the version's own packages. */
export interface Transport {
  close(): Promise<void>;
}

/** The rows of a projection, on PostgreSQL's SQL. */
export interface Store {
  migrate(): Promise<void>;
  sql<Row>(text: string, params?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** A place on a log. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** An event of the topics that the scenarios use; its text says which it is. */
export interface Event {
  readonly student_id: number;
  readonly event_id?: string;
  readonly timestamp?: string;
  readonly payload: { readonly query?: string; readonly code?: string; readonly response?: string };
}

/** What a reducer may do beside making a state. */
export interface Context {
  readonly key: string;
  readonly timeMs: number;
  readonly emit: { learningResponse(event: { readonly student_id: number; readonly payload: object }): void };
  readonly timer: { set(name: string, dueAtMs: number): void; clear(name: string): void };
}

type Reduce<State> = (state: State, event: Event, ctx: Context) => State;

/** A projection, as far as the scenarios have some. */
export interface Definition<State> {
  readonly name: string;
  readonly initial: (key: string) => State;
  readonly on: {
    readonly learningQuery?: Reduce<State>;
    readonly codeSubmitted?: Reduce<State>;
    readonly learningResponse?: Reduce<State>;
  };
  readonly onTimer?: (state: State, timer: { readonly name: string }, ctx: Context) => State;
  readonly rememberIds?: number;
}

/** What a projector tells of its work. */
export interface Hooks {
  ignored?(event: Place & { readonly key: string | null; readonly reason: string }): void;
  handled?(event: Place): void;
}

/** How a projection is run. */
export interface RunOptions {
  readonly definition: Definition<never>;
  readonly transport: Transport;
  readonly store: Store;
  readonly groupId?: string;
  readonly onFailure?: "skip" | "hold";
  readonly timers?: "wall-clock" | "events";
  readonly retry?: { readonly attempts?: number; readonly firstDelayMs?: number };
  readonly clock?: () => number;
  readonly hooks?: Hooks;
}

/** A projection or a consumer that runs, or will. */
export interface Runner {
  start(): Promise<void>;
  /** Starts; resolves when closed and rejects when it cannot go on. */
  run(): Promise<void>;
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

/** Publishes events of a source. */
export interface Sender {
  learningQuery(event: Event): Promise<Place>;
  codeSubmitted(event: Event): Promise<Place>;
  close(): Promise<void>;
}

/** A record past every SDK. */
export interface RawRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly timestampMs: number;
}

/** A cluster in memory. */
export interface Cluster {
  readonly clusterId: string;
  /** The partition count of each topic. */
  topics(): ReadonlyMap<string, number>;
  transport(): Transport;
  records(topic: string): readonly (RawRecord & { readonly offset: number })[];
  produce(record: RawRecord): number;
  /** No append to the partition succeeds; the result ends it. */
  refuseAppends(place: { readonly topic: string; readonly partition: number }): () => void;
  /** Ends the sessions of a transport's members without their knowledge; the result wakes them. */
  stall(transport: Transport): () => void;
}

/** Asks for a key whose events are parked to be released. Resolves to the commands' ids. */
export type AskRelease = (
  store: Store,
  app: string,
  command: { readonly key: string; readonly action: "replay" | "skip"; readonly by: string },
) => Promise<readonly number[]>;

/** What the wall clock fired for a key. */
export interface Firing {
  readonly beforeMs: number;
  readonly timers: readonly { readonly name: string; readonly dueAtMs: number }[];
}

/** One version of the packages. */
export interface Version {
  readonly name: "before" | "now";
  /** A cluster with the topics of the contract and their dead letters. */
  createCluster(options: { readonly clusterId?: string; readonly seed: number }): Cluster;
  kafkaTransport(options: { readonly brokers: readonly string[]; readonly sessionTimeoutMs: number }): Transport;
  /** On a database that the caller opened and closes. */
  pgliteStore(options: { readonly database: unknown; readonly schema: string }): Promise<Store>;
  postgresStore(options: { readonly url: string; readonly schema?: string }): Store;
  createSender(options: {
    readonly transport: Transport;
    readonly source: string;
    readonly clock?: () => number;
    readonly maxQueued?: number;
  }): Sender;
  createRunner(options: RunOptions): Runner;
  createConsumer(options: {
    readonly transport: Transport;
    readonly groupId: string;
    readonly bufferRecords?: number;
    readonly on: { readonly codeExecuted: () => void };
  }): Runner;
  readonly askRelease: AskRelease;
  /** Oldest first. */
  readFirings(store: Store, app: string, key: string): Promise<readonly Firing[]>;
  /** Addresses of the contract's topics with their partition counts. */
  readonly topics: Readonly<Record<string, number>>;
  /** Whether what a store is to write takes published events out of the outbox. */
  removesPublished(changes: unknown): boolean;
}
