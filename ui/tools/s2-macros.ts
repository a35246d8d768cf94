import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import MagicString from "magic-string";
import type { Plugin, ResolvedConfig } from "vite";

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}
interface MacroContext {
  loc: { filePath: string; line: number; col: number };
  addAsset(asset: { type: string; content: string }): void;
}
type Macro = (this: MacroContext, ...args: unknown[]) => unknown;

const PREFIX = "virtual:s2-macros/";

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

function* children(node: Node): Generator<Node> {
  for (const [key, value] of Object.entries(node)) {
    // `style:` in an object and `.style` are names, not uses of the macro.
    if (node.computed !== true && (key === "key" || key === "property")) {
      continue;
    }
    for (const item of Array.isArray(value) ? value : [value]) {
      if (isNode(item)) {
        yield item;
      }
    }
  }
}

/** The source of a macro's result: text, numbers and plain data as JSON, functions as themselves. */
function toSource(value: unknown): string {
  if (value === undefined) {
    return "undefined";
  }
  return typeof value === "function" ? `(${value.toString()})` : JSON.stringify(value);
}

/**
 * Runs imports marked `with { type: "macro" }` at build time, as React Spectrum's `style` needs.
 *
 * Does for this project what unplugin-parcel-macros does, without its native add-ons. The arguments
 * of a macro call may use literals and other macros only; anything else fails the build. Calls are
 * found after TypeScript and JSX are gone, so this must not be an `enforce: "pre"` plugin.
 */
export function s2Macros(): Plugin {
  const sheets = new Map<string, string>();
  const requireMacros = createRequire(import.meta.url);
  let config: ResolvedConfig | undefined;
  return {
    name: "s2-macros",
    configResolved(resolved) {
      config = resolved;
    },
    resolveId(id) {
      return sheets.has(id) ? id : null;
    },
    load(id) {
      return sheets.get(id) ?? null;
    },
    transform(code, id) {
      const file = id.replace(/[?#].*$/, "");
      if (
        !/\.[jt]sx?$/.test(file) ||
        file.includes("/node_modules/") ||
        !/["']?type["']?:\s*["']macro["']/.test(code)
      ) {
        return null;
      }
      const ast = this.parse(code, { lang: "js" }) as unknown as { body: Node[] };
      const edits = new MagicString(code);
      const macros = new Map<string, Macro>();
      for (const statement of ast.body) {
        if (statement.type !== "ImportDeclaration") {
          continue;
        }
        const attributes = (statement.attributes ?? []) as {
          key: { name?: string; value?: string };
          value: { value: string };
        }[];
        if (!attributes.some((a) => (a.key.name ?? a.key.value) === "type" && a.value.value === "macro")) {
          continue;
        }
        const source = (statement.source as { value: string }).value;
        // `require`, since the ES build of @react-spectrum/s2/style 1.7.1 refers to a name it lacks.
        const loaded = requireMacros(source) as Record<string, Macro>;
        for (const specifier of statement.specifiers as {
          type: string;
          local: { name: string };
          imported?: { name: string };
        }[]) {
          const name = specifier.type === "ImportSpecifier" ? (specifier.imported?.name ?? "") : "default";
          const macro = loaded[name];
          if (typeof macro !== "function") {
            this.error(`${source} has no macro "${name}"`, statement.start);
          }
          macros.set(specifier.local.name, macro);
        }
        edits.remove(statement.start, statement.end);
      }
      if (macros.size === 0) {
        return null;
      }

      let css = "";
      const run = (node: Node) => {
        const before = code.slice(0, node.start).split("\n");
        const context: MacroContext = {
          loc: { filePath: file, line: before.length, col: (before.at(-1)?.length ?? 0) + 1 },
          addAsset: (asset) => {
            css += `${asset.content}\n`;
          },
        };
        const names = [...macros.keys()];
        try {
          const evaluate = new Function(
            ...names,
            `"use strict"; return (${code.slice(node.start, node.end)});`,
          );
          const result: unknown = evaluate(...names.map((name) => macros.get(name)?.bind(context)));
          edits.update(node.start, node.end, toSource(result));
        } catch (cause) {
          const text = cause instanceof Error ? cause.message : String(cause);
          this.error(`macro failed (only literals and macros may be used in it): ${text}`, node.start);
        }
      };
      const visit = (node: Node) => {
        if (node.type === "ImportDeclaration") {
          return;
        }
        const callee = node.type === "CallExpression" ? (node.callee as Node) : undefined;
        if (callee?.type === "Identifier" && macros.has(callee.name as string)) {
          run(node);
          return;
        }
        if (node.type === "Identifier" && macros.has(node.name as string)) {
          this.error(`the macro "${String(node.name)}" can only be called`, node.start);
        }
        for (const child of children(node)) {
          visit(child);
        }
      };
      for (const statement of ast.body) {
        visit(statement);
      }

      if (css !== "") {
        const sheet = `${PREFIX}${createHash("sha256").update(css).digest("hex").slice(0, 16)}.css`;
        sheets.set(sheet, css);
        edits.append(`\nimport ${JSON.stringify(sheet)};\n`);
      }
      const wantMap = config?.command === "serve" || Boolean(config?.build.sourcemap);
      return {
        code: edits.toString(),
        map: wantMap ? edits.generateMap({ source: id, hires: "boundary" }) : null,
      };
    },
  };
}
