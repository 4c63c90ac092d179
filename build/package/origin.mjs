/**
 * The origin that a package declares: the release workflow sets both values. The defaults use a reserved domain.
 * @returns {{ homepage: string, maintainer: string }}
 */
export function origin(environment = process.env) {
  return {
    homepage: environment['PENSTOCK_HOMEPAGE'] || 'https://penstock.example',
    maintainer: environment['PENSTOCK_MAINTAINER'] || 'Penstock maintainers <maintainers@penstock.example>',
  }
}
