// How the console is built and served while developing. Pages of the apps live beside this folder, in apps/*/web.
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const server = process.env.JINGWEI_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [
    vue(),
    // Only the Element Plus components that a page names reach its chunk. Types come from element-plus/global, so no
    // generated declaration file has to be kept fresh.
    Components({
      dts: false,
      dirs: [],
      include: [/\.vue$/, /\.vue\?vue/],
      resolvers: [ElementPlusResolver({ importStyle: 'css' })],
    }),
  ],
  resolve: { alias: { '@': here('./src') } },
  define: { __INTLIFY_PROD_DEVTOOLS__: 'false', __VUE_I18N_LEGACY_API__: 'false', __VUE_I18N_FULL_INSTALL__: 'false' },
  server: {
    port: 5173,
    fs: { allow: ['..'] },
    proxy: { '/api': { target: server, changeOrigin: false } },
  },
  preview: { port: 4173, proxy: { '/api': { target: server, changeOrigin: false } } },
  // Named ahead, so that the first visit of a page in development does not reload it while its parts are prepared.
  optimizeDeps: {
    include: ['vue', 'vue-router', 'vue-i18n', 'element-plus/es', 'element-plus/es/components/*/style/css', '@lucide/vue'],
    exclude: ['maplibre-gl'],
  },
  build: {
    target: 'es2022',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1300,
  },
  test: { include: ['test/**/*.test.ts', 'src/**/*.test.ts', '../apps/*/web/**/*.test.ts'], environment: 'node' },
})
