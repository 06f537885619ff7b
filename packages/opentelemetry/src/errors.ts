import { isKeylineError } from "@keyline/runtime";
import { type Span, SpanStatusCode } from "@opentelemetry/api";
import { names, type Told } from "./conventions.js";

/** The `error.type` of an error: Keyline's code. `_OTHER` is the conventions' word for any other. */
export const errorTypeOf = (error: unknown): string => (isKeylineError(error) ? error.code : "_OTHER");

/** The span's operation has failed. */
export function recordFailure(span: Span, error: unknown, { messages }: Told): void {
  const type = errorTypeOf(error);
  span.setAttribute(names.errorType, type);
  span.setStatus({ code: SpanStatusCode.ERROR, message: messages && error instanceof Error ? error.message : type });
}
