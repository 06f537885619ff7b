import { promisesOnKafka } from "./promises.js";

// Those that need a database are a file of their own, beside this one: each takes minutes.
promisesOnKafka(1, "logs");
