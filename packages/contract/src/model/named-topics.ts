import type { Contract, ContractTopic } from "../contract.js";

/** Every topic that a contract names, including those for which no code can be generated. */
export const namedTopics = ({ channels, opaque }: Pick<Contract, "channels" | "opaque">): readonly ContractTopic[] => [
  ...channels,
  ...opaque.flatMap((one) => (one.address === null ? [] : [{ ...one, address: one.address }])),
];
