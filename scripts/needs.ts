// `npm run needs`: Debian's packages of what the tests need and this machine lacks, for apt-get.
import { missingNeeds } from "../dev/needs/src/index.ts";

const missing = await missingNeeds();
console.log(missing.flatMap(({ packages }) => packages).join(" "));
