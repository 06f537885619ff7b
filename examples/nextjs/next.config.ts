import type { NextConfig } from "next";

const config: NextConfig = {
  // Not bundled: it loads native codecs from its own folder.
  serverExternalPackages: ["@keyline/kafkajs"],
};

export default config;
