import { isKeylineError } from "@keyline/runtime";
import { producer } from "../../producer";

export async function POST(request: Request): Promise<Response> {
  const { order_id, total } = await request.json();
  try {
    return Response.json(await producer().orderPlaced({ order_id, total }), { status: 202 });
  } catch (caught) {
    if (!isKeylineError(caught) || caught.code !== "payload_invalid") throw caught;
    return Response.json({ error: caught.message }, { status: 400 });
  }
}
