import { projectionApp, runApp } from "@student-events/platform";
import { struggle } from "./projection.js";
import { createStruggleView } from "./view.js";

const app = projectionApp({
  projection: struggle,
  about: "Finds students who need help, and publishes struggle.detected. Its table is the view struggle_alerts.",
  prepare: createStruggleView,
});

process.exitCode = await runApp(app);
