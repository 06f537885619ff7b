import type { Contract } from "@keyline/contract";
import { counted } from "./counted.js";

/** How many channels are left out, since they cannot be generated; nothing where there are none. */
export const leftOutText = ({ opaque }: Contract): readonly string[] => {
  const messages = opaque.reduce((sum, { messageNames }) => sum + messageNames.length, 0);
  return opaque.length === 0
    ? []
    : [`${counted(opaque.length, "channel")} with ${counted(messages, "message")} left out`];
};

/** `11 topics, 1 ordering domain`. */
export const sizeText = (contract: Contract): string =>
  [
    counted(contract.channels.length, "topic"),
    counted(contract.domains.length, "ordering domain"),
    ...leftOutText(contract),
  ].join(", ");
