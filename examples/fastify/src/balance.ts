import { defineProjection } from "./keyline/consumer.ts";

/** What each order still owes. */
export const balance = defineProjection({
  name: "balance",
  initial: () => ({ owed: 0 }),
  on: {
    orderPlaced: (state, event) => ({ owed: state.owed + event.total }),
    orderPaid: (state, event) => ({ owed: state.owed - event.amount }),
  },
});
