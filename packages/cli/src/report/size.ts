import type { Contract } from "@keyline/contract";
import { counted } from "./counted.js";

/** How many channels are left out, since they cannot be generated; nothing where there are none. */
export const leftOutText = ({ opaque }: Contract): readonly string[] => {
  const messages = opaque.reduce((sum, { messageNames }) => sum + messageNames.length, 0);
  if (opaque.length === 0) return [];
  const carried = messages === 0 ? "" : ` with ${counted(messages, "message")}`;
  return [`${counted(opaque.length, "channel")}${carried} left out`];
};

/** `11 topics, 1 ordering domain`. */
export const sizeText = (contract: Contract): string =>
  [
    counted(contract.channels.length, "topic"),
    counted(contract.domains.length, "ordering domain"),
    ...leftOutText(contract),
  ].join(", ");
