import { packBefore, packNow } from "../packed/pack.ts";
import { entriesBefore, type ModulesBefore, versionBefore } from "./before.ts";
import { modulesIn } from "./modules.ts";
import { entriesNow, type ModulesNow, versionNow } from "./now.ts";
import type { Version } from "./version.ts";

/** Where a version's packages are installed, built first where they are not. */
export const folderOf = (name: Version["name"]): Promise<string> => (name === "before" ? packBefore() : packNow());

/** A version from the folder where its packages are installed. */
export async function installedIn(name: Version["name"], folder: string): Promise<Version> {
  return name === "before"
    ? versionBefore(await modulesIn<ModulesBefore>(folder, entriesBefore))
    : versionNow(await modulesIn<ModulesNow>(folder, entriesNow));
}

/** A version as its tarballs hold it. */
export const installed = async (name: Version["name"]): Promise<Version> => installedIn(name, await folderOf(name));
