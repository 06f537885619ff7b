import { Module } from "@nestjs/common";
import { KeylineModule } from "./keyline.module.js";
import { OrdersController } from "./orders.controller.js";

@Module({ imports: [KeylineModule], controllers: [OrdersController] })
export class AppModule {}
