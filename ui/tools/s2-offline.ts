import type { Plugin } from "vite";

const STUB_ID = "\0s2-offline-fonts";
const STUB_CODE = "export function Fonts() { return null; }\n";

/**
 * Replaces React Spectrum's `Fonts` module (preload links, CJK scripts and `@font-face` rules that
 * point at use.typekit.net) by one that renders nothing. S2 has no option for this.
 * Use it both in `plugins` (build) and in `optimizeDeps.rolldownOptions.plugins` (dev, tests).
 */
export function s2Fonts() {
  return {
    name: "s2-offline:fonts",
    resolveId(source: string, importer: string | undefined) {
      if (
        importer !== undefined &&
        /[\\/]@react-spectrum[\\/]s2[\\/]/.test(importer) &&
        /(^|[\\/])Fonts(\.mjs|\.cjs)?$/.test(source)
      ) {
        return STUB_ID;
      }
      return null;
    },
    load(id: string) {
      return id === STUB_ID ? STUB_CODE : null;
    },
  };
}

/** Fails the build when the stub was not used or when a remote font address is left in the output. */
export function s2Offline(): Plugin[] {
  let used = false;
  const fonts = s2Fonts();
  return [
    {
      ...fonts,
      enforce: "pre",
      load(id) {
        const code = fonts.load(id);
        used ||= code !== null;
        return code;
      },
    },
    {
      name: "s2-offline:guard",
      apply: "build",
      enforce: "post",
      generateBundle(_options, bundle) {
        if (!used) {
          this.error("s2-offline: React Spectrum's Fonts module was not seen; its path may have changed");
        }
        for (const [name, file] of Object.entries(bundle)) {
          const text = file.type === "chunk" ? file.code : file.source;
          if (typeof text === "string" && /typekit\.(net|com)|fonts\.(googleapis|gstatic)\.com/.test(text)) {
            this.error(`s2-offline: remote font address in ${name}`);
          }
        }
      },
    },
  ];
}
