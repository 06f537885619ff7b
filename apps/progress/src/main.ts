import { projectionApp, runApp } from "@student-events/platform";
import { progress } from "./projection.js";
import { createProgressView } from "./view.js";

const app = projectionApp({
  projection: progress,
  about:
    "Computes mastery per student and module, and publishes learning.progress. Its table is the view progress_rows.",
  prepare: createProgressView,
});

process.exitCode = await runApp(app);
