/** Environment variable that a PIN can be given in. */
export const PIN_VARIABLE = 'PENSTOCK_PIN'
