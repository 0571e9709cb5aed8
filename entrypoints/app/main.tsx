import './app.css';
import { mount } from '../../components/mount.tsx';
import { loadRegistrable } from '../../components/registrable.ts';
import { App } from './app.tsx';

void loadRegistrable().then((find) => mount(<App />, find));
