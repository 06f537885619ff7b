import { promisesOnKafka } from "./promises.js";

promisesOnKafka(1, "databases");
