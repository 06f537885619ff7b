/** A request's number, and the version of it that is spoken. */
export interface RequestVersion {
  readonly apiKey: number;
  readonly apiVersion: number;
}

/** What is the same for all requests of a kind. */
export interface RequestKind extends RequestVersion {
  readonly apiName: string;
  /** The first Kafka that speaks this version. */
  readonly since: string;
  /** Of the newer protocol, in which fields may follow everything, also the header. Default false. */
  readonly isFlexible?: boolean;
}

/** A request, and how its answer is read. */
export interface OwnRequest<Answer> extends RequestKind {
  /** How long the broker may take, where it waits for others. Default: no longer than for anything else. */
  readonly mayTakeMs?: number;
  /** What follows the header, in pieces, which are written as they are. */
  encode(): readonly Buffer[];
  decode(answer: Buffer): Promise<Answered<Answer>> | Answered<Answer>;
}

/** What a broker answered, and for how long it asks to be left alone (KIP-219). */
export interface Answered<Answer> {
  readonly answer: Answer;
  readonly throttleMs: number;
}
