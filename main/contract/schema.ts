import * as z from 'zod/mini'

/** A list whose type is readonly, as all types of the contract are. */
export const list = <T extends z.core.SomeType>(item: T) => z.readonly(z.array(item))

/** An object whose type is readonly. Unknown fields are dropped. */
export const object = <T extends z.core.$ZodLooseShape>(shape: T) => z.readonly(z.object(shape))

/** A finite number that is 0 or more. */
export const count = z.number().check(z.nonnegative())
