module.exports = {
  testEnvironment: "node",
  testRegex: "\\.spec\\.ts$",
  // Jest runs CommonJS; Keyline's packages are ES modules, and so compiled like the service's own files.
  transform: { "^.+\\.(t|j)s$": "ts-jest" },
  transformIgnorePatterns: ["/node_modules/(?!@keyline/)"],
};
