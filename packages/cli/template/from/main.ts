import { topics } from "../packages/events";

// The contract's topics, as the generated code has them: a producer and a consumer are made from the same packages.
for (const { address, domain } of Object.values(topics)) {
  console.log(`${address.padEnd(40)}${domain ? `ordered by its key, in the domain ${domain.name}` : "without a key"}`);
}
