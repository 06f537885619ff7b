// Today's packages from their sources, for tests in this process: what is changed is what is tested, without a build.
import * as kafkajs from "@keyline/kafkajs";
import * as postgres from "@keyline/postgres";
import * as runtime from "@keyline/runtime";
import * as memory from "@keyline/runtime/memory";
import * as tools from "@keyline/runtime/tools";
import * as consumer from "@student-events/consumer";
import * as events from "@student-events/events";
import * as producer from "@student-events/producer";
import { versionNow } from "./now.ts";

export const nowFromSources = () =>
  versionNow({ runtime, tools, memory, postgres, kafkajs, events, producer, consumer });
