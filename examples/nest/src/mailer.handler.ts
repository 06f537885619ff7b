import { Injectable, Logger } from "@nestjs/common";
import type { OrderPaid, OrderPlaced } from "./keyline/events.js";

/** Writes to customers: of each order one event at a time, in order. */
@Injectable()
export class MailerHandler {
  private readonly logger = new Logger("mailer");

  orderPlaced({ order_id, total }: OrderPlaced) {
    this.logger.log(`order ${order_id} was placed: ${total}`);
  }

  orderPaid({ order_id, amount }: OrderPaid) {
    this.logger.log(`order ${order_id} was paid: ${amount}`);
  }
}
