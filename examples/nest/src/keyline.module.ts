import type { Consumer, Transport } from "@keyline/runtime";
import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from "@nestjs/common";
import { createConsumer } from "./keyline/consumer.js";
import { createProducer, type EventProducer } from "./keyline/producer.js";
import { MailerHandler } from "./mailer.handler.js";
import { openTransport } from "./transport.js";

export const [TRANSPORT, PRODUCER, CONSUMER] = [Symbol("transport"), Symbol("producer"), Symbol("consumer")];

const openProducer = (transport: Transport) => createProducer({ transport, source: "shop" });

const openConsumer = (transport: Transport, mailer: MailerHandler) =>
  createConsumer({
    transport,
    groupId: "mailer",
    on: { orderPlaced: (event) => mailer.orderPlaced(event), orderPaid: (event) => mailer.orderPaid(event) },
  });

@Module({
  providers: [
    MailerHandler,
    { provide: TRANSPORT, useFactory: openTransport },
    { provide: PRODUCER, useFactory: openProducer, inject: [TRANSPORT] },
    { provide: CONSUMER, useFactory: openConsumer, inject: [TRANSPORT, MailerHandler] },
  ],
  exports: [PRODUCER, CONSUMER],
})
export class KeylineModule implements OnApplicationBootstrap, OnApplicationShutdown {
  @Inject(TRANSPORT) private readonly transport!: Transport;
  @Inject(PRODUCER) private readonly producer!: EventProducer;
  @Inject(CONSUMER) private readonly consumer!: Consumer;

  onApplicationBootstrap = () => this.consumer.start();

  async onApplicationShutdown() {
    for (const open of [this.consumer, this.producer, this.transport]) await open.close();
  }
}
