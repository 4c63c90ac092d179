/**
 * What a package is said to come from: the release workflow sets both. The defaults are of a domain that nobody can have.
 * @returns {{ homepage: string, maintainer: string }}
 */
export function origin(environment = process.env) {
  return {
    homepage: environment['PENSTOCK_HOMEPAGE'] || 'https://penstock.example',
    maintainer: environment['PENSTOCK_MAINTAINER'] || 'Penstock maintainers <maintainers@penstock.example>',
  }
}
