import kafkajs from "kafkajs";

/** kafkajs is CommonJS, and Node does not find its names: they are taken from the whole. */
export const { AssignerProtocol, ConfigResourceTypes, Kafka, logLevel } = kafkajs;
