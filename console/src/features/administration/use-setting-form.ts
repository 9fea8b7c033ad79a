import { type DefaultValues, type FieldValues, useForm } from 'react-hook-form';
import { useText } from '../../text/text.ts';
import { applyFaults } from '../../ui/form-faults.ts';
import { tell } from '../../ui/toasts.tsx';

/** A form of one section. */
export function useSettingForm<Values extends FieldValues>(
  values: Values,
  save: (values: Values) => Promise<unknown>,
  rename?: (path: string) => string,
) {
  const text = useText();
  const form = useForm<Values>({ defaultValues: values as DefaultValues<Values> });
  const submit = form.handleSubmit(async (changed) => {
    try {
      await save(changed);
      form.reset(changed);
      tell(text.words.saved);
    } catch (error) {
      applyFaults(form, error, rename);
    }
  });
  return { form, submit };
}
