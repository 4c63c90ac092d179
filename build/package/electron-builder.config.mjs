import { chmodSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { DEB_DEPENDS, DEB_RECOMMENDS, RPM_DEPENDS } from './linux/depends.mjs'
import { origin } from './origin.mjs'
import { APP, BESIDE, NOTICES, ROOT } from './paths.mjs'

const { maintainer } = origin()

/** An unpacked Electron for a closed network (build/package/build.mjs sets both); otherwise electron-builder downloads one. */
const electronDist = process.env['PENSTOCK_ELECTRON_DIST']
const electronVersion = process.env['PENSTOCK_ELECTRON_VERSION']
/** A package for trials need not be small. */
const compression = electronDist ? { deb: 'gz', rpm: 'gzip' } : { deb: 'xz', rpm: 'xz' }

/** Where updaters look: set by the release workflow, which also publishes the files that announce a version. */
const [owner, repo] = (process.env['PENSTOCK_REPOSITORY'] ?? '').split('/')
const publish = owner && repo ? { provider: 'github', owner, repo } : null

/** @type {import('electron-builder').Configuration} */
export default {
  appId: 'penstock',
  publish,
  productName: 'Penstock',
  copyright: 'Penstock contributors, MIT licence',
  directories: { app: relative(ROOT, APP), output: 'dist', buildResources: 'assets' },
  // The staged application contains exactly what is needed.
  files: ['**/*'],
  extraFiles: [
    { from: NOTICES, to: 'LICENSES.packages.txt' },
    { from: 'LICENSE', to: 'LICENSE.txt' },
  ],
  asar: true,
  asarUnpack: ['**/*.node'],
  // The bundles contain the packages, and one addon file serves Node and every Electron: nothing to collect or build.
  beforeBuild: () => Promise.resolve(false),
  electronLanguages: ['en-US', 'zh-CN'],
  ...(electronDist ? { electronDist, electronVersion } : {}),
  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  },
  afterPack({ appOutDir, electronPlatformName }) {
    if (electronPlatformName !== 'linux') return
    rmSync(join(appOutDir, 'resources', 'default_app.asar'), { force: true })
    rmSync(join(appOutDir, 'made-from'), { force: true })
    // Where the kernel denies user namespaces, Chromium's sandbox needs this helper with the set-user-id bit and owned by root.
    chmodSync(join(appOutDir, 'chrome-sandbox'), 0o4755)
  },
  linux: {
    target: ['deb', 'rpm', 'tar.gz', 'AppImage'],
    executableName: 'penstock',
    category: 'Network;FileTransfer',
    icon: 'icons',
    maintainer,
    vendor: 'Penstock contributors',
    synopsis: 'Sends files across the local network with as few copies as possible',
    description:
      'Sends files and folders to other machines on the local network, LocalSend devices among them, with as few copies of the bytes as the system allows, and shows every copy that remains.',
    executableArgs: ['%F'],
    mimeTypes: ['application/octet-stream'],
    syncDesktopName: true,
    extraFiles: [{ from: 'build/package/linux/penstock.sh', to: 'bin/penstock' }],
    desktop: {
      entry: {
        GenericName: 'File transfer',
        'GenericName[zh_CN]': '文件传输',
        'Comment[zh_CN]': '在局域网内以尽可能少的拷贝传送文件和文件夹',
        Keywords: 'send;receive;transfer;share;LocalSend;network;',
        StartupNotify: 'true',
        Actions: 'settings;',
      },
      desktopActions: {
        settings: {
          Name: 'Settings',
          'Name[zh_CN]': '设置',
          Exec: '/opt/Penstock/penstock --page=settings',
        },
      },
    },
  },
  deb: {
    packageName: 'penstock',
    compression: compression.deb,
    packageCategory: 'net',
    depends: DEB_DEPENDS,
    recommends: DEB_RECOMMENDS,
    afterInstall: 'build/package/linux/after-install.sh',
    afterRemove: 'build/package/linux/after-remove.sh',
    fpm: [`${BESIDE}/=/`],
  },
  rpm: {
    packageName: 'penstock',
    compression: compression.rpm,
    packageCategory: 'Applications/Internet',
    depends: RPM_DEPENDS,
    afterInstall: 'build/package/linux/after-install.sh',
    afterRemove: 'build/package/linux/after-remove.sh',
    fpm: [`${BESIDE}/=/`, '--rpm-rpmbuild-define=_build_id_links none'],
  },
  appImage: { artifactName: 'penstock-${version}-${arch}.${ext}' },
  // Configured for a networked release; the closed build does not make it.
  win: {
    target: ['nsis'],
    icon: 'icons/256x256.png',
    artifactName: 'penstock-${version}-${arch}-setup.${ext}',
  },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
  mac: {
    target: ['dmg', 'zip'],
    icon: 'icons/1024x1024.png',
    category: 'public.app-category.utilities',
    artifactName: 'penstock-${version}-${arch}.${ext}',
    hardenedRuntime: true,
    entitlements: 'build/package/entitlements.plist',
    entitlementsInherit: 'build/package/entitlements.plist',
    // Without a certificate and an account, electron-builder neither signs nor notarizes.
    ...(process.env['CSC_LINK'] ? {} : { identity: null }),
    notarize: Boolean(process.env['CSC_LINK'] && process.env['APPLE_ID']),
    extendInfo: {
      NSLocalNetworkUsageDescription:
        'Penstock finds devices on your network, and sends files to them and receives files from them.',
    },
  },
}
