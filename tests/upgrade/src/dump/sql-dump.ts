/** What a dump needs of a database. */
export interface Queries {
  query<Row>(sql: string, params?: unknown[]): Promise<{ readonly rows: Row[] }>;
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly identity: string;
  readonly preset: string | null;
}

/** A schema as SQL that makes it again: its tables as they are, then their rows, one a line. */
export async function dumpSchema(database: Queries, schema: string): Promise<string> {
  const { rows: tables } = await database.query<{ readonly name: string }>(
    "select tablename as name from pg_catalog.pg_tables where schemaname = $1 order by tablename",
    [schema],
  );
  const parts = await Promise.all(tables.map(({ name }) => dumpTable(database, schema, name)));
  return `create schema ${schema};\n${parts.join("")}`;
}

async function dumpTable(database: Queries, schema: string, name: string): Promise<string> {
  const table = `${schema}.${name}`;
  const columns = await columnsOf(database, table);
  const { rows: keys } = await database.query<{ readonly definition: string }>(
    "select pg_get_constraintdef(oid) as definition from pg_catalog.pg_constraint where conrelid = $1::regclass and contype = 'p'",
    [table],
  );
  const { rows: indexes } = await database.query<{ readonly definition: string }>(
    `select pg_get_indexdef(indexrelid) as definition from pg_catalog.pg_index
     where indrelid = $1::regclass and not indisprimary order by indexrelid`,
    [table],
  );
  const lines = [...columns.map(columnText), ...keys.map(({ definition }) => definition)];
  return [
    `\ncreate table ${table} (\n${lines.map((line) => `  ${line}`).join(",\n")}\n);\n`,
    ...indexes.map(({ definition }) => `${definition};\n`),
    await dumpRows(database, table, columns),
  ].join("");
}

async function columnsOf(database: Queries, table: string): Promise<readonly Column[]> {
  const { rows } = await database.query<Column>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
       a.attidentity as identity, pg_get_expr(d.adbin, d.adrelid) as preset
     from pg_catalog.pg_attribute a left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [table],
  );
  return rows;
}

const quoted = (name: string) => (name === "offset" ? '"offset"' : name);

function columnText({ name, type, required, identity, preset }: Column): string {
  const made = identity === "a" ? " generated always as identity" : preset === null ? "" : ` default ${preset}`;
  return `${quoted(name)} ${type}${required ? " not null" : ""}${made}`;
}

async function dumpRows(database: Queries, table: string, columns: readonly Column[]): Promise<string> {
  const names = columns.map(({ name }) => quoted(name));
  const { rows } = await database.query<Readonly<Record<string, string | null>>>(
    `select ${columns.map(({ name }, at) => `${quoted(name)}::text as c${at}`).join(", ")} from ${table} order by ${names.slice(0, 4).join(", ")}`,
  );
  const made = columns.find(({ identity }) => identity === "a");
  const into = `insert into ${table} (${names.join(", ")})${made ? " overriding system value" : ""} values`;
  const lines = rows.map((row) => `  (${columns.map((_, at) => literal(row[`c${at}`] ?? null)).join(", ")})`);
  if (lines.length === 0) return "";
  const goesOn = made
    ? `select setval(pg_get_serial_sequence('${table}', '${made.name}'), (select max(${made.name}) from ${table}));\n`
    : "";
  return `${into}\n${lines.join(",\n")};\n${goesOn}`;
}

const literal = (text: string | null) => (text === null ? "null" : `'${text.replaceAll("'", "''")}'`);
