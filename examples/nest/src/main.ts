import "reflect-metadata";
import type { Consumer } from "@keyline/runtime";
import { NestFactory } from "@nestjs/core";
import { AppModule } from "./app.module.js";
import { CONSUMER } from "./keyline.module.js";

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
await app.listen(Number(process.env.PORT ?? 3000));
console.log(`listening on ${app.getHttpServer().address().port}`);
// Ends the process with the reason where the consumer cannot go on.
await app.get<Consumer>(CONSUMER).run();
