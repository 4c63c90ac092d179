import { readdirSync } from 'node:fs'
import { defineConfig } from 'eslint/config'
import { importX } from 'eslint-plugin-import-x'
import tseslint from 'typescript-eslint'

const ELECTRON = './node_modules/electron'
/** Taken from the folder, so that a new file of the channels is not outside. */
const CONTRACT_OF_WINDOWS = readdirSync(new URL('main/contract/', import.meta.url))
  .filter((name) => name.startsWith('ipc'))
  .map((name) => `./main/contract/${name}`)

/** What a folder may not import, whichever way it is written; paths are the project's. */
const zones = [
  {
    target: './main/contract',
    from: [
      './main/core',
      './main/cli',
      './main/desktop',
      './main/messages',
      './renderer',
      './native',
      ELECTRON,
    ],
    message: 'The contract depends on nothing.',
  },
  {
    target: './main/messages',
    from: ['./main/core', './main/cli', './main/desktop', './renderer', './native', './node_modules'],
    message: 'The catalogues depend on the contract only.',
  },
  {
    target: './main/core',
    from: [
      './main/messages',
      './main/cli',
      './main/desktop',
      './renderer',
      './test',
      ...CONTRACT_OF_WINDOWS,
      ELECTRON,
    ],
    message: 'The core knows neither shells nor words nor Electron.',
  },
  {
    target: './main/cli',
    from: ['./main/desktop', './renderer', './native', './test', ...CONTRACT_OF_WINDOWS, ELECTRON],
    message: 'The command line is a shell over the core and the contract.',
  },
  {
    target: ['./main/cli', './main/desktop'],
    from: './main/core',
    except: ['./index.ts'],
    message: 'Shells import the core from main/core/index.ts only.',
  },
  {
    // The installed command runs in the application's program: one file starts it.
    target: './main/desktop/**/!(command-line).ts',
    from: './main/cli',
    message: 'A shell imports no other shell.',
  },
  {
    target: './main/desktop',
    from: ['./renderer', './native', './test'],
    message: 'The application is a shell over the core and the contract.',
  },
  {
    target: './renderer',
    from: ['./main/core', './main/cli', './main/desktop', './native', './test', ELECTRON],
    message: 'The window knows the contract and the catalogues, and talks by channels.',
  },
  {
    target: './native',
    from: ['./main', './renderer', './test', ELECTRON],
    message: 'The addon serves the core and knows nothing of it.',
  },
]

const noNode = { regex: '^node:', message: 'This is shared with the window, where there is no Node.' }
const bigZod = {
  regex: '^zod$',
  message: 'The contract loads with every command: zod/mini is the small part of zod.',
}
const rawChannels = {
  group: ['electron'],
  importNames: ['ipcMain', 'ipcRenderer'],
  message: 'Raw channels are used in main/desktop/ipc/ipc.ts and main/desktop/ipc/preload.ts only.',
}
const forbid = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] })

const nodeGlobals = [
  'process',
  'console',
  'fetch',
  'URL',
  'AbortSignal',
  'AbortController',
  'setTimeout',
  'clearTimeout',
]

export default defineConfig(
  {
    ignores: [
      'node_modules',
      'out',
      'dist',
      'native/build',
      'native/driver/build',
      'build/electron-runtime',
      'build/oldest-types',
      '.setup-cache',
    ],
  },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.tsx', '.js'] } } },
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.json', 'tsconfig.web.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // What was caught is passed on as it came.
      '@typescript-eslint/only-throw-error': [
        'error',
        { allowThrowingUnknown: true, allowThrowingAny: false },
      ],
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      // Control characters are what the checks of received names look for.
      'no-control-regex': 'off',
      eqeqeq: 'error',
    },
  },
  {
    files: ['main/**/*.ts'],
    ignores: ['main/core/target/make-folder.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...['callee.name', 'callee.property.name'].map((callee) => ({
          selector: `CallExpression[${callee}=/^mkdir(Sync)?$/] Property[key.name='recursive']`,
          message: 'Recursive mkdir can loop for ever; use makeFolders of main/core/target/make-folder.ts.',
        })),
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message:
            'The clock can be set: durations take steadyNow of main/contract/clock.ts, dates new Date().',
        },
      ],
    },
  },
  { files: ['main/contract/**/*.ts'], rules: forbid(noNode, bigZod) },
  { files: ['main/messages/**/*.ts', 'renderer/**/*.{ts,tsx}'], rules: forbid(noNode) },
  {
    files: ['main/core/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        ...['stdout', 'stderr', 'exit'].map((property) => ({
          object: 'process',
          property,
          message: 'The core returns values and throws; shells speak and end the process.',
        })),
      ],
    },
  },
  {
    files: ['main/desktop/**/*.ts'],
    ignores: ['main/desktop/ipc/ipc.ts', 'main/desktop/ipc/preload.ts'],
    rules: forbid(rawChannels),
  },
  {
    files: ['test/**/*.{ts,tsx}'],
    rules: {
      // node:test returns promises that its runner awaits by itself.
      '@typescript-eslint/no-floating-promises': 'off',
      // What a stream or JSON.parse hands out goes straight into an assertion or a hash.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // A fake stands where a whole object would be asked for; values of tests are looked at, not believed.
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: Object.fromEntries(nodeGlobals.map((name) => [name, 'readonly'])) },
    rules: {
      'no-undef': 'error',
      'no-unused-vars': 'error',
      'no-unreachable': 'error',
      'prefer-const': 'error',
      'no-var': 'error',
      eqeqeq: 'error',
    },
  },
)
