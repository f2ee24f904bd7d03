import { Check } from "lucide-react";
import type { ReactNode } from "react";
import {
  Checkbox,
  FieldError,
  Input,
  Label,
  Text,
  TextField,
  type TextFieldProps,
  ToggleButton,
  ToggleButtonGroup,
} from "react-aria-components";

export function Field({ label, about, ...props }: TextFieldProps & { label: string; about?: ReactNode }) {
  return (
    <TextField {...props} className="field">
      <Label>{label}</Label>
      <Input className="input" />
      {about && (
        <Text slot="description" className="description">
          {about}
        </Text>
      )}
      <FieldError className="description" />
    </TextField>
  );
}

export function Tick({
  label,
  about,
  value,
  onChange,
}: {
  label: string;
  about?: ReactNode;
  value: boolean;
  onChange: (value: boolean) => void;
}) {
  return (
    <Checkbox className="check" isSelected={value} onChange={onChange}>
      <span className="box">
        <Check aria-hidden strokeWidth={3} />
      </span>
      <span>
        {label}
        {about && <span className="muted small"> {about}</span>}
      </span>
    </Checkbox>
  );
}

/** One of a few, side by side. */
export function Segments<T extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string;
  options: readonly (readonly [T, string])[];
  value: T;
  onChange: (value: T) => void;
}) {
  return (
    <ToggleButtonGroup
      className="segments"
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const [chosen] = keys;
        if (chosen !== undefined) onChange(chosen as T);
      }}
    >
      {options.map(([id, words]) => (
        <ToggleButton key={id} id={id}>
          {words}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
