/** Packages that Debian and Ubuntu renamed for 64-bit time: either name satisfies the dependency. */
const either = (name) => `${name} | ${name}t64`

/** Debian's packages of every library that a program of the installation links to or cannot do without. */
export const DEB_DEPENDS = [
  either('libasound2'),
  either('libatk-bridge2.0-0'),
  either('libatk1.0-0'),
  either('libatspi2.0-0'),
  'libc6 (>= 2.34)',
  'libcairo2',
  either('libcups2'),
  'libdbus-1-3',
  'libdrm2',
  'libexpat1',
  'libgbm1',
  'libgcc-s1',
  either('libglib2.0-0'),
  either('libgtk-3-0'),
  'libnspr4',
  'libnss3',
  'libpango-1.0-0',
  // Opened at run time: the cipher of encrypted transfers.
  'libssl3t64 | libssl3',
  'libstdc++6',
  'libudev1',
  'libx11-6',
  'libxcb1',
  'libxcomposite1',
  'libxdamage1',
  'libxext6',
  'libxfixes3',
  'libxkbcommon0',
  'libxrandr2',
]

/** Libraries that are opened at run time if present: for notifications, the file manager. */
export const DEB_RECOMMENDS = ['libnotify4', 'xdg-utils']

/** The same as rpm names them: by library, so that every distribution finds its own package. */
export const RPM_DEPENDS = [
  'libasound.so.2()(64bit)',
  'libatk-1.0.so.0()(64bit)',
  'libatk-bridge-2.0.so.0()(64bit)',
  'libatspi.so.0()(64bit)',
  'libcairo.so.2()(64bit)',
  'libcrypto.so.3()(64bit)',
  'libcups.so.2()(64bit)',
  'libdbus-1.so.3()(64bit)',
  'libdrm.so.2()(64bit)',
  'libexpat.so.1()(64bit)',
  'libgbm.so.1()(64bit)',
  'libgio-2.0.so.0()(64bit)',
  'libgtk-3.so.0()(64bit)',
  'libnspr4.so()(64bit)',
  'libnss3.so()(64bit)',
  'libpango-1.0.so.0()(64bit)',
  'libstdc++.so.6()(64bit)',
  'libudev.so.1()(64bit)',
  'libX11.so.6()(64bit)',
  'libxcb.so.1()(64bit)',
  'libXcomposite.so.1()(64bit)',
  'libXdamage.so.1()(64bit)',
  'libXext.so.6()(64bit)',
  'libXfixes.so.3()(64bit)',
  'libxkbcommon.so.0()(64bit)',
  'libXrandr.so.2()(64bit)',
]
