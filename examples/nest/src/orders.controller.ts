import { isKeylineError } from "@keyline/runtime";
import { BadRequestException, Body, Controller, HttpCode, Inject, Param, ParseIntPipe, Post } from "@nestjs/common";
import type { OrderPaidInput, OrderPlacedInput } from "./keyline/events.js";
import type { EventProducer } from "./keyline/producer.js";
import { PRODUCER } from "./keyline.module.js";

@Controller("orders")
export class OrdersController {
  constructor(@Inject(PRODUCER) private readonly producer: EventProducer) {}

  @Post()
  @HttpCode(202)
  place(@Body() { order_id, total }: OrderPlacedInput) {
    return this.producer.orderPlaced({ order_id, total }).catch(refused);
  }

  @Post(":id/payments")
  @HttpCode(202)
  pay(@Param("id", ParseIntPipe) order_id: number, @Body() { amount }: OrderPaidInput) {
    return this.producer.orderPaid({ order_id, amount }).catch(refused);
  }
}

/** What the contract does not allow is the caller's mistake. */
function refused(caught: unknown): never {
  throw isKeylineError(caught) && caught.code === "payload_invalid" ? new BadRequestException(caught.message) : caught;
}
