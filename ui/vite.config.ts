import optimizeLocales from "@react-aria/optimize-locales-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { s2Macros } from "./tools/s2-macros.ts";
import { s2Fonts, s2Offline } from "./tools/s2-offline.ts";

// What Tauri sends; `vite preview` sends the same so that a test page meets it.
export const CSP = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src ipc: http://ipc.localhost",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

export default defineConfig({
  plugins: [...s2Offline(), s2Macros(), optimizeLocales.vite({ locales: ["en-US"] }), react()],
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  preview: { headers: { "Content-Security-Policy": CSP } },
  optimizeDeps: {
    entries: ["index.html"],
    // A macro's module has only a "node" export: the scan would stop at it.
    exclude: ["@react-spectrum/s2/style"],
    rolldownOptions: { plugins: [s2Fonts()] },
  },
  build: {
    // light-dark(), round() and pow() are in S2's CSS: no point in aiming lower.
    target: ["chrome125", "safari17.5"],
    cssMinify: "lightningcss",
    // One style sheet: S2's rules are atomic and shared by all pages.
    cssCodeSplit: false,
    // font-src has no data:, so small fonts must stay files.
    assetsInlineLimit: 0,
    // The polyfill fetches, which connect-src forbids.
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    chunkSizeWarningLimit: 2000,
  },
});
