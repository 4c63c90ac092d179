#!/usr/bin/env node
import { buildDeb } from './linux/deb.mjs'
import { understand } from './linux/fpm-arguments.mjs'
import { buildRpm } from './linux/rpm.mjs'

/**
 * Stands in for fpm, which electron-builder would download: the few arguments that it is called with, over Debian's own
 * dpkg-deb and rpmbuild. A networked release uses fpm itself, with the same arguments.
 */
const wanted = understand(process.argv.slice(2))
if (wanted.type === 'deb') buildDeb(wanted)
else if (wanted.type === 'rpm') buildRpm(wanted)
else throw new Error(`Only deb and rpm can be made here, not ${wanted.type}`)
