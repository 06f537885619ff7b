import { promisesOnKafka } from "./promises.js";

promisesOnKafka(3, "replicated");
