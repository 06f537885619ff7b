// Runs the scenario as the environment says, and prints one line: what was seen, or the code of the error that ended it.
import { isKeylineError } from "@keyline/runtime";
import { type Setting, scenario } from "./scenario.ts";

scenario(JSON.parse(process.env.SETTING ?? "") as Setting).then(
  (seen) => console.log(JSON.stringify({ seen })),
  (caught: unknown) => {
    if (!isKeylineError(caught)) throw caught;
    console.log(JSON.stringify({ code: caught.code, message: caught.rawMessage }));
  },
);
