import { playwright } from "@vitest/browser-playwright";
import { defineConfig, mergeConfig } from "vitest/config";
import viteConfig from "./vite.config.ts";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = (colorScheme: "light" | "dark") => ({
  browser: "chromium" as const,
  name: colorScheme,
  provider: playwright({
    // Build machines run as root, where Chromium's sandbox does not start.
    launchOptions: { executablePath, args: ["--no-sandbox"] },
    contextOptions: { colorScheme, reducedMotion: "reduce", locale: "en-GB", timezoneId: "UTC" },
  }),
});

export default mergeConfig(
  viteConfig,
  defineConfig({
    // Vitest serves many entries; the scan of vite.config.ts only sees index.html.
    optimizeDeps: {
      entries: ["index.html", "tests/**/*.test.tsx"],
      include: ["vitest-browser-react", "react-dom/client", "react/jsx-dev-runtime"],
    },
    // Under NODE_ENV=test React Aria reads this too, and a browser has no `process`; with it set,
    // its virtualizer works as in the real page (else it renders every row).
    define: { "process.env.VIRT_ON": '"1"' },
    // Vitest picks its own port.
    server: { port: 0, strictPort: false },
    test: {
      include: ["tests/**/*.test.{ts,tsx}"],
      setupFiles: ["tests/setup.ts"],
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        viewport: { width: 1200, height: 860 },
        instances: [browser("light"), browser("dark")],
      },
    },
  }),
);
