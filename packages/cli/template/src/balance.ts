import { defineProjection } from "../packages/consumer";

/** What each order still owes: a state for each key, folded from its events. */
export const balance = defineProjection({
  name: "balance",
  initial: () => ({ owed: 0 }),
  on: {
    orderPlaced: (state, event) => ({ owed: state.owed + event.total }),
    orderPaid: (state, event) => ({ owed: state.owed - event.amount }),
  },
});
