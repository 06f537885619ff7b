import { promisesOnKafka } from "./promises.js";

// Takes minutes: `npm run test:all` runs it.
promisesOnKafka(3);
