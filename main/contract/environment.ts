/** Environment variable for a PIN. */
export const PIN_VARIABLE = 'PENSTOCK_PIN'
