import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { kafkaOptionsFrom } from "./environment.js";

const brokers = { KAFKA_BROKERS: "kafka-1:9092" };
const login = { KAFKA_SASL_USERNAME: "ada", KAFKA_SASL_PASSWORD: " secret " };
const file = (text: string) => {
  const path = join(mkdtempSync(join(tmpdir(), "keyline-")), "file");
  writeFileSync(path, text);
  return path;
};

describe("how to connect, by environment variables", () => {
  it("is not said without brokers", () => {
    expect(kafkaOptionsFrom({})).toBeNull();
    expect(kafkaOptionsFrom({ KAFKA_BROKERS: " , " })).toBeNull();
  });

  it("takes several brokers", () => {
    expect(kafkaOptionsFrom({ KAFKA_BROKERS: "kafka-1:9092, kafka-2:9092" })).toEqual({
      brokers: ["kafka-1:9092", "kafka-2:9092"],
    });
  });

  it("takes TLS, with certificates of one's own", () => {
    expect(kafkaOptionsFrom({ ...brokers, KAFKA_SSL: "true" })).toMatchObject({ ssl: true });
    expect(kafkaOptionsFrom({ ...brokers, KAFKA_SSL: "false" })).not.toHaveProperty("ssl");
    const ca = { KAFKA_SSL: "true", KAFKA_SSL_CA: file("PEM") };
    expect(kafkaOptionsFrom({ ...brokers, ...ca })?.ssl).toEqual({ ca: "PEM" });
    const own = { KAFKA_SSL: "true", KAFKA_SSL_CERT: file("mine"), KAFKA_SSL_KEY: file("secret") };
    expect(kafkaOptionsFrom({ ...brokers, ...own })?.ssl).toEqual({ cert: "mine", key: "secret" });
  });

  it.each(["plain", "scram-sha-256", "SCRAM-SHA-512"])("takes a login by %s", (mechanism) => {
    expect(kafkaOptionsFrom({ ...brokers, ...login, KAFKA_SASL_MECHANISM: mechanism })?.sasl).toEqual({
      mechanism: mechanism.toLowerCase(),
      username: "ada",
      password: " secret ",
    });
  });

  it("reads the token again for each login", async () => {
    const path = file("first\n");
    const options = { ...brokers, KAFKA_SASL_MECHANISM: "oauthbearer", KAFKA_SASL_TOKEN_FILE: path };
    const sasl = kafkaOptionsFrom(options)?.sasl;
    if (sasl?.mechanism !== "oauthbearer") throw new Error("no token");
    expect(await sasl.token()).toBe("first");
    writeFileSync(path, "second\n");
    expect(await sasl.token()).toBe("second");
  });

  it.each([
    [{ KAFKA_BROKERS: "kafka-1" }, "KAFKA_BROKERS must be host:port"],
    [{ KAFKA_BROKERS: "https://kafka-1:9092" }, "KAFKA_BROKERS must be host:port"],
    [{ ...brokers, KAFKA_SSL: "yes" }, "KAFKA_SSL must be true or false"],
    [{ ...brokers, KAFKA_SSL_CA: "/nowhere" }, "KAFKA_SSL must be true where KAFKA_SSL_CA is set"],
    [{ ...brokers, KAFKA_SSL: "true", KAFKA_SSL_KEY: "/nowhere" }, "KAFKA_SSL_CERT must be set where KAFKA_SSL_KEY is"],
    [
      { ...brokers, KAFKA_SSL: "true", KAFKA_SSL_CERT: "/nowhere" },
      "KAFKA_SSL_KEY must be set where KAFKA_SSL_CERT is",
    ],
    [{ ...brokers, KAFKA_SSL: "true", KAFKA_SSL_CA: "/nowhere" }, "KAFKA_SSL_CA must be a file"],
    [{ ...brokers, ...login }, "KAFKA_SASL_MECHANISM must be set"],
    [{ ...brokers, KAFKA_SASL_MECHANISM: "gssapi" }, "KAFKA_SASL_MECHANISM must be plain, "],
    [{ ...brokers, KAFKA_SASL_MECHANISM: "plain" }, "KAFKA_SASL_USERNAME must be set"],
    [{ ...brokers, KAFKA_SASL_MECHANISM: "plain", KAFKA_SASL_USERNAME: "ada" }, "KAFKA_SASL_PASSWORD must be set"],
    [{ ...brokers, KAFKA_SASL_MECHANISM: "oauthbearer" }, "KAFKA_SASL_TOKEN_FILE must be set"],
    [{ ...brokers, KAFKA_SESSION_TIMEOUT_MS: "6s" }, "KAFKA_SESSION_TIMEOUT_MS must be a whole number"],
  ])("refuses what cannot be meant: %j", (environment, message) => {
    expect(() => kafkaOptionsFrom(environment)).toThrow(message);
  });

  it("never shows a password", () => {
    const bad = { ...brokers, ...login, KAFKA_SASL_MECHANISM: "scram" };
    expect(() => kafkaOptionsFrom(bad)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("secret") }),
    );
  });
});
