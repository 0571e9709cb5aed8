import { mount } from '../../components/mount.tsx';
import { loadRegistrable } from '../../components/registrable.ts';
import { PopupPage } from './popup-page.tsx';

// The frame is painted at once; what holds origins is painted again, in the same place, when the list is there.
mount(<PopupPage originsReady={false} />, () => null);
void loadRegistrable().then((find) => mount(<PopupPage originsReady />, find));
