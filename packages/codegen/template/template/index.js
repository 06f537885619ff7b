import { File } from "@asyncapi/generator-react-sdk";
import { filesForTemplate } from "@keyline/codegen";

/** Every file that the contract gives, as the generator wants them. */
export default async function files({ asyncapi, params }) {
  const { files: generated } = await filesForTemplate(asyncapi, params);
  return generated.map(({ path, content }) => <File name={path}>{content}</File>);
}
