export { bindConsumer, bindProducer, bindProjection } from "../../../runtime/src/codegen/bind.js";
