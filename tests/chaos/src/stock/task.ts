/** How stock kafkajs is used to publish: as its users do. */
export interface StockMode {
  /** Batches, each awaited before the next; else one `send` an event, not awaited. */
  readonly awaited: boolean;
  readonly idempotent: boolean;
}

export const stockModes: readonly StockMode[] = [true, false].flatMap((awaited) =>
  [true, false].map((idempotent) => ({ awaited, idempotent })),
);

/** The mode as it is printed, and as its topic is named. */
export const nameOfMode = ({ awaited, idempotent }: StockMode): string =>
  `${awaited ? "awaited" : "unawaited"}-${idempotent ? "idempotent" : "plain"}`;

export const stockTopic = (mode: StockMode): string => `stock.${nameOfMode(mode)}`;

/** What a process that publishes is to do. */
export interface StockPublishTask extends StockMode {
  readonly brokers: readonly string[];
  readonly journal: string;
  readonly students: number;
  readonly seed: number;
  readonly firstDayMs: number;
  readonly rate: number;
  readonly seconds: number;
}

/** What a process that consumes is to do. */
export interface StockConsumeTask {
  readonly brokers: readonly string[];
  readonly databaseUrl: string;
  readonly member: string;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
}
