// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IExchangeTypes} from "../src/IExchange.sol";
import {AccountSlot, AccountSlots} from "../src/lib/AccountSlot.sol";
import {AuctionWords} from "../src/lib/AuctionSlots.sol";
import {CardSlot, CardSlots} from "../src/lib/CardSlot.sol";
import {Test} from "./support/Vm.sol";

/// Goal: each field comes out of its word as it went in, and a change of one leaves the others alone.
contract PackingTest is Test {
    function testFuzz_card(address owner, uint32 nonce, uint40 expiry, uint8 state, uint16 class, address next)
        external
        pure
    {
        state = state % 8;
        nonce = nonce == type(uint32).max ? 0 : nonce;
        CardSlot slot = CardSlots.pack(owner, nonce, expiry, IExchangeTypes.State(state), class);
        card(slot, owner, nonce, expiry, state, class);
        // The sum whose layout smt/Layouts.sol proves.
        uint256 low = uint160(owner) + nonce * uint256(2 ** 160) + expiry * uint256(2 ** 192);
        eq(CardSlot.unwrap(slot), low + state * uint256(2 ** 232) + class * uint256(2 ** 240), "sum");
        eq(CardSlot.unwrap(slot.bumped()), CardSlot.unwrap(slot) + 2 ** 160, "next number");
        card(slot.bumped(), owner, nonce + 1, expiry, state, class);
        card(slot.withOwner(next), next, nonce, expiry, state, class);
        card(slot.withState(IExchangeTypes.State.FROZEN), owner, nonce, expiry, 6, class);
        isTrue(slot.isIn(uint256(class) << 40 | expiry, IExchangeTypes.State(state)), "is in");
        isTrue(!slot.isIn(expiry ^ 1, IExchangeTypes.State(state)), "another expiry");
        isTrue(!slot.isIn(expiry, IExchangeTypes.State((state + 1) % 8)), "another state");
    }

    function card(CardSlot slot, address owner, uint32 nonce, uint40 expiry, uint8 state, uint16 class) private pure {
        eq(slot.owner(), owner, "owner");
        eq(slot.nonce(), nonce, "nonce");
        eq(slot.expiry(), expiry, "expiry");
        eq(uint8(slot.state()), state, "state");
        eq(slot.issuerClass(), class, "class");
    }

    function testFuzz_account(uint40 kyc, uint8 tier, uint64 balance, bool frozen, uint40 needed) external pure {
        balance = uint64(bound(balance, 1, type(uint64).max - 1));
        AccountSlot slot;
        slot = slot.plus(balance).withKyc(kyc, tier).withFrozen(frozen).withNextEpoch();
        account(slot, balance, kyc, 1, tier, frozen);
        uint256 low = balance + kyc * uint256(2 ** 64) + 2 ** 104;
        eq(AccountSlot.unwrap(slot), low + tier * uint256(2 ** 136) + (frozen ? 2 ** 144 : 0), "sum");
        account(slot.plus(1), balance + 1, kyc, 1, tier, frozen);
        account(slot.minus(1), balance - 1, kyc, 1, tier, frozen);
        account(slot.withNextEpoch(), balance, kyc, 2, tier, frozen);
        account(slot.withFrozen(!frozen), balance, kyc, 1, tier, !frozen);
        account(slot.withKyc(needed, 9), balance, needed, 1, 9, frozen);
        isTrue(slot.admitted(needed) == (kyc >= needed && !frozen), "admitted");
    }

    function account(AccountSlot slot, uint64 balance, uint40 kyc, uint32 epoch, uint8 tier, bool frozen) private pure {
        eq(slot.balance(), balance, "balance");
        eq(slot.kycUntil(), kyc, "kyc");
        eq(slot.epoch(), epoch, "epoch");
        eq(slot.tier(), tier, "tier");
        isTrue(slot.frozen() == frozen, "frozen");
    }

    /// Balances end at their borders: they neither run into the neighbour nor under nothing.
    function test_account_borders() external {
        AccountSlot full = AccountSlot.wrap(0).plus(type(uint64).max - 1).plus(1);
        eq(full.balance(), type(uint64).max, "the border itself");
        eq(full.minus(type(uint64).max).balance(), 0, "down to nothing");
        vm.expectRevert(AccountSlots.BalanceOutOfRange.selector);
        this.plus(full, 1);
        vm.expectRevert(AccountSlots.BalanceOutOfRange.selector);
        this.minus(AccountSlot.wrap(2), 3);
    }

    function plus(AccountSlot slot, uint64 count) external pure returns (AccountSlot) {
        return slot.plus(count);
    }

    function minus(AccountSlot slot, uint64 count) external pure returns (AccountSlot) {
        return slot.minus(count);
    }

    function testFuzz_auction(address bidder, uint256 amount, uint32 end, uint256 extended, uint256 fee) external pure {
        (amount, extended, fee) = (amount % (1 << 42), extended % 7_201, fee % 501);
        (address b, uint256 a, uint256 e, uint256 x, uint256 f) =
            AuctionWords.unpack(AuctionWords.pack(bidder, amount, end, extended, fee));
        uint256 low = uint160(bidder) + amount * 2 ** 160 + end * uint256(2 ** 202);
        eq(AuctionWords.pack(bidder, amount, end, extended, fee), low + extended * 2 ** 234 + fee * 2 ** 247, "sum");
        eq(b, bidder, "bidder");
        eq(a, amount, "amount");
        eq(e, end, "end");
        eq(x, extended, "extended");
        eq(f, fee, "fee");
    }
}
