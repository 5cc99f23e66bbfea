// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {AuthoritySlot} from "./AuthoritySlot.sol";
import {ExchangeBase} from "./ExchangeBase.sol";
import {Treasury} from "./Treasury.sol";
import {IExchangeTrade} from "./IExchange.sol";
import {AccountSlot} from "./lib/AccountSlot.sol";
import {AuctionSlots, AuctionWords} from "./lib/AuctionSlots.sol";
import {CardSlot, CardSlots} from "./lib/CardSlot.sol";
import {Features} from "./lib/Features.sol";
import {FirstSales} from "./lib/FirstSales.sol";
import {FeeSplit} from "./lib/FeeSplit.sol";
import {Orders} from "./lib/Orders.sol";
import {Signatures} from "./lib/Signatures.sol";
import {IERC7943NonFungible} from "./interfaces/Standards.sol";

/// @title The exchange: card token (ERC-721) and market in one contract, one storage word per card.
/// @notice A sale changes three words of this contract: the card, the seller's and the buyer's account. There is no order
/// book and no order status: an order is a signature, valid while the card's nonce is the one it names.
/// @dev What is not here answers from `EXTENSION` at this address, see `ExchangeBase`.
contract Exchange is AuthoritySlot, ExchangeBase, IExchangeTrade {
    using FirstSales for FirstSale;
    using Orders for *;

    address private immutable EXTENSION;
    address private immutable TREASURY;

    /// @param extension_ an ExchangeExtension deployed with the same configuration. Reverts ConfigMismatch.
    constructor(Config memory config_, address extension_) AuthoritySlot(config_.authority) ExchangeBase(config_) {
        _requireSameConfig(config_, extension_);
        EXTENSION = extension_;
        TREASURY = _treasury = address(new Treasury(config_.money));
    }

    /// @dev Every other selector. No value is accepted.
    fallback() external {
        _delegate(EXTENSION);
    }

    // ------------------------------------------------------------------ minting

    /// @inheritdoc IExchangeTrade
    function mint(Attest calldata attest, bytes calldata verifierSignature) external business(Features.MINT) {
        address verifier = _attested(attest.hash(), attest.deadline, verifierSignature);
        _admitHolder(attest.holder, 1);
        _mint(attest.cardId, attest.holder, attest.issuerClass, 0);
        emit Minted(attest.cardId, attest.holder, verifier, attest.issuerClass, attest.secretCommit);
    }

    // ------------------------------------------------------------------ sales

    /// @inheritdoc IExchangeTrade
    function buy(Listing calldata listing, bytes calldata sellerSignature) external business(Features.SALE) {
        CardSlot card = _listed(listing, sellerSignature);
        if (listing.delivery == Delivery.VAULT) {
            (uint256 net, uint256 taken) = _take(card, listing, msg.sender, listing.price);
            _collect(msg.sender, card.owner(), net, taken);
        } else {
            _buyHeld(card, _saleOf(listing, msg.sender, listing.price));
        }
    }

    /// @inheritdoc IExchangeTrade
    function buyMany(Listing[] calldata listings, bytes[] calldata sellerSignatures) external business(Features.SALE) {
        if (listings.length != sellerSignatures.length) revert LengthMismatch();
        Run memory run;
        uint256 taken;
        for (uint256 i = 0; i < listings.length; ++i) {
            Listing calldata listing = listings[i];
            if (listing.delivery != Delivery.VAULT) revert WrongFill();
            CardSlot card = _listed(listing, sellerSignatures[i]);
            address seller = card.owner();
            if (seller != run.seller) {
                _endRun(run);
                _requireSellerAndBuyer(seller);
                (run.seller, run.cards, run.owed) = (seller, 0, 0);
            }
            _pass(listing.cardId, _place(listing.cardId), card, seller, msg.sender);
            (uint256 net, uint256 cut) = _share(
                listing.cardId, seller, msg.sender, listing.price, listing.feeBps, listing.charityBps, listing.charityId
            );
            unchecked {
                // As many uint96 as fit into a block.
                ++run.cards;
                run.owed += net;
                taken += cut;
            }
        }
        _endRun(run);
        _pull(msg.sender, TREASURY, taken);
    }

    /// @dev Neighbouring listings of one seller: the accounts change and the money goes once for all of them.
    struct Run {
        address seller;
        uint64 cards;
        uint256 owed;
    }

    function _requireSellerAndBuyer(address seller) private view {
        if (seller == msg.sender) revert SelfTrade(seller);
        if (_accounts[seller].frozen()) revert IERC7943NonFungible.ERC7943CannotSend(seller);
        _admitTrader(msg.sender);
    }

    function _endRun(Run memory run) private {
        if (run.cards == 0) return;
        _accounts[run.seller] = _accounts[run.seller].minus(run.cards);
        _accounts[msg.sender] = _accounts[msg.sender].plus(run.cards);
        _pull(msg.sender, run.seller, run.owed);
    }

    /// @inheritdoc IExchangeTrade
    function buyLazy(FirstSale calldata sale, bytes32 r, bytes32 vs, bytes calldata sellerSignature)
        external
        businessThenMoney(Features.SALE | Features.MINT)
    {
        address verifier = _attested(sale, r, vs);
        address seller = sale.seller();
        uint256 price = sale.price();
        _requireTaker(sale.taker());
        if (block.timestamp > sale.listedUntil()) revert Expired(sale.listedUntil());
        if (seller == msg.sender) revert SelfTrade(seller);
        _requirePrice(price);
        _requireSigned(seller, sale.listingHash(), sellerSignature);
        // As `mint` asks of the holder and `buy` of the buyer; the holder's balance would go up and down again.
        _admit(seller, _account(seller).slot, block.timestamp);
        _admitHolder(msg.sender, 1);
        _mint(sale.cardId, msg.sender, sale.issuerClass(), 1);
        emit Minted(sale.cardId, seller, verifier, sale.issuerClass(), sale.secretCommit);
        (uint256 net, uint256 taken) =
            _share(sale.cardId, seller, msg.sender, price, sale.feeBps(), sale.charityBps(), sale.charityId());
        _collect(msg.sender, seller, net, taken);
    }

    function _attested(FirstSale calldata sale, bytes32 r, bytes32 vs) private view returns (address verifier) {
        if (block.timestamp > sale.attestedUntil()) revert Expired(sale.attestedUntil());
        verifier = Signatures.recover(_digest(sale.attestHash()), r, vs);
        _requireKey(SignerKind.VERIFIER, verifier);
    }

    /// @inheritdoc IExchangeTrade
    function buyDutch(DutchTerms calldata terms, bytes calldata sellerSignature, uint96 maxPrice)
        external
        business(Features.DUTCH)
    {
        CardSlot card = _sellable(terms.cardId, block.timestamp);
        _requireOrder(card, terms.nonce, terms.endsAt);
        if (block.timestamp < terms.startsAt) revert NotStarted(terms.startsAt);
        if (terms.endPrice > terms.startPrice || terms.startsAt >= terms.endsAt) revert BadTerms();
        uint256 price = _dutchPrice(terms);
        if (price > maxPrice) revert PriceAboveMax(price, maxPrice);
        _requirePrice(price);
        _requireSigned(card.owner(), terms.hash(), sellerSignature);
        _sell(
            card, Sale(terms.cardId, msg.sender, price, terms.feeBps, terms.charityBps, terms.charityId), terms.delivery
        );
    }

    /// @dev A straight line from (startsAt, startPrice) to (endsAt, endPrice); the fall is rounded down, so the price up.
    function _dutchPrice(DutchTerms calldata terms) private view returns (uint256) {
        uint256 fall = uint256(terms.startPrice - terms.endPrice) * (block.timestamp - terms.startsAt)
            / (terms.endsAt - terms.startsAt);
        return terms.startPrice - fall;
    }

    /// @inheritdoc IExchangeTrade
    function acceptBid(Bid calldata bid_, bytes calldata bidderSignature, uint16 charityBps, uint16 charityId)
        external
        business(Features.BID)
    {
        CardSlot card = _sellable(bid_.cardId, block.timestamp);
        _offered(card, bid_, bidderSignature);
        if (card.owner() != msg.sender) revert NotOwner(bid_.cardId, msg.sender);
        if (bid_.session != address(0)) revert WrongFill();
        (uint256 net, uint256 taken) =
            _exchange(card, bid_.cardId, bid_.bidder, bid_.price, bid_.feeBps, charityBps, charityId);
        _collect(bid_.bidder, msg.sender, net, taken);
    }

    /// @inheritdoc IExchangeTrade
    function matchOrders(
        Listing calldata listing,
        bytes calldata sellerSignature,
        Bid calldata bid_,
        bytes calldata bidderSignature
    ) external business(Features.SALE | Features.BID) {
        CardSlot card = _listed(listing, sellerSignature);
        _offered(card, bid_, bidderSignature);
        if (bid_.cardId != listing.cardId) revert BadTerms();
        if (bid_.session != address(0)) revert WrongFill();
        if (bid_.price < listing.price) revert PriceBelowListing(bid_.price, listing.price);
        if (listing.delivery == Delivery.VAULT) {
            (uint256 net, uint256 taken) = _take(card, listing, bid_.bidder, bid_.price);
            _collect(bid_.bidder, card.owner(), net, taken);
        } else {
            _buyHeld(card, _saleOf(listing, bid_.bidder, bid_.price));
        }
    }

    /// @inheritdoc IExchangeTrade
    function deliver(Bid calldata bid_, bytes calldata bidderSignature, SealedSecret calldata secret)
        external
        business(Features.DVP)
        returns (bytes32 recordHash)
    {
        CardSlot card = _sellable(bid_.cardId, block.timestamp);
        bytes32 bidHash = _offered(card, bid_, bidderSignature);
        if (card.owner() != msg.sender) revert NotOwner(bid_.cardId, msg.sender);
        if (bid_.session == address(0)) revert WrongFill();
        uint256 until = block.timestamp + CLAIM_WINDOW;
        // The bid names the card's nonce: it cannot be delivered a second time, the record is unique.
        uint256 told;
        (recordHash, told) = _record(bidHash, msg.sender, until, secret);
        _tellDelivery(bid_.cardId, recordHash, told);
        uint256 bond;
        unchecked {
            // The price is a uint96: stays below 2^111.
            bond = (uint256(bid_.price) * (BPS + BOND_EXTRA_BPS) + BPS - 1) / BPS;
        }
        _lock(msg.sender, bond);
        _deliveries[recordHash] = bond;
        (uint256 net, uint256 taken) = _exchange(card, bid_.cardId, bid_.bidder, bid_.price, bid_.feeBps, 0, 0);
        _collect(bid_.bidder, msg.sender, net, taken);
    }

    /// @dev `Delivered`, whose data `_record` has just laid out.
    function _tellDelivery(uint256 cardId, bytes32 recordHash, uint256 told) private {
        bytes32 topic = Delivered.selector;
        assembly ("memory-safe") {
            log3(told, 192, topic, cardId, recordHash)
        }
    }

    /// @inheritdoc IExchangeTrade
    function swap(SwapOffer calldata offer, bytes calldata makerSignature) external businessThenMoney(Features.SWAP) {
        Card storage givePlace = _place(offer.give);
        Card storage wantPlace = _place(offer.want);
        CardSlot give = givePlace.slot;
        CardSlot want = wantPlace.slot;
        if (!give.isIn(offer.give, State.ACTIVE)) revert WrongState(offer.give, _card(offer.give).state());
        _unexpired(offer.give, block.timestamp);
        if (!want.isActiveOf(offer.want, msg.sender)) _refuseOwn(offer.want, want);
        _unexpired(offer.want, block.timestamp);
        address maker = give.owner();
        if (maker == msg.sender) revert SelfTrade(maker);
        _requireOrder(give, offer.nonce, offer.deadline);
        AccountSlot makers = _accounts[maker];
        _requireEpoch(makers, offer.epoch);
        uint256 topUp = offer.topUp;
        if (topUp > PRICE_CAP) revert PriceAboveCap(topUp, PRICE_CAP);
        _requireSigned(maker, offer.hash(), makerSignature);
        // Each gives one and gets one: the balances stay.
        _admit(maker, makers, block.timestamp);
        _admitTrader(msg.sender);
        _pass(offer.give, givePlace, give, maker, msg.sender);
        _pass(offer.want, wantPlace, want, msg.sender, maker);
        if (topUp == 0) {
            emit Swapped(offer.give, offer.want);
            return;
        }
        (uint256 fee,, uint256 net) = FeeSplit.split(topUp, offer.feeBps, 0);
        emit SwappedWithTopUp(offer.give, offer.want, topUp, fee);
        (address payer, address payee) = offer.makerPays ? (maker, msg.sender) : (msg.sender, maker);
        _pull(payer, payee, net);
        _pull(payer, TREASURY, fee);
    }

    /// @dev Sends and receives: checked, and not frozen (`admitted` says both).
    function _admitTrader(address account) private view {
        _admit(account, _accounts[account], block.timestamp);
    }

    /// @inheritdoc IExchangeTrade
    function cancelAll(uint256 cardId) external {
        Card storage place = _place(cardId);
        CardSlot card = place.slot;
        if (!card.isActiveOf(cardId, msg.sender)) _refuseOwn(cardId, card);
        place.slot = card.bumped();
        emit OrdersCancelled(cardId);
    }

    /// @dev The card of a valid listing that the caller may take.
    function _listed(Listing calldata listing, bytes calldata signature) private view returns (CardSlot card) {
        _requireTaker(listing.taker);
        card = _sellable(listing.cardId, block.timestamp);
        _requireOrder(card, listing.nonce, listing.deadline);
        _requirePrice(listing.price);
        _requireSigned(card.owner(), listing.hash(), signature);
    }

    /// @dev A valid bid for this card.
    function _offered(CardSlot card, Bid calldata bid_, bytes calldata signature)
        private
        view
        returns (bytes32 bidHash)
    {
        _requireOrder(card, bid_.nonce, bid_.deadline);
        _requireEpoch(_accounts[bid_.bidder], bid_.epoch);
        _requirePrice(bid_.price);
        bidHash = bid_.hash();
        _requireSigned(bid_.bidder, bidHash, signature);
    }

    function _requireTaker(address taker) private view {
        if (taker != address(0) && taker != msg.sender) revert NotTaker(taker);
    }

    function _requireEpoch(AccountSlot account, uint32 epoch) private pure {
        uint32 current = account.epoch();
        if (current != epoch) revert WrongEpoch(current, epoch);
    }

    /// @dev Against money that the buyer has approved: settled at once, or held for the issuer.
    function _sell(CardSlot card, Sale memory sale, Delivery delivery) private {
        if (delivery == Delivery.REISSUE) return _buyHeld(card, sale);
        (uint256 net, uint256 taken) =
            _exchange(card, sale.cardId, sale.buyer, sale.price, sale.feeBps, sale.charityBps, sale.charityId);
        _collect(sale.buyer, card.owner(), net, taken);
    }

    function _buyHeld(CardSlot card, Sale memory sale) private {
        _requireFeature(Features.REISSUE);
        // The buyer must still be admitted when the issuer signs.
        _admit(sale.buyer, _accounts[sale.buyer], block.timestamp + REISSUE_WINDOW);
        _hold(card, sale);
        _pullWhole(sale.buyer, address(this), sale.price);
    }

    /// @dev By a listing, at this price.
    function _take(CardSlot card, Listing calldata listing, address buyer, uint256 price)
        private
        returns (uint256 net, uint256 taken)
    {
        return _exchange(card, listing.cardId, buyer, price, listing.feeBps, listing.charityBps, listing.charityId);
    }

    function _saleOf(Listing calldata listing, address buyer, uint256 price) private pure returns (Sale memory) {
        return Sale(listing.cardId, buyer, price, listing.feeBps, listing.charityBps, listing.charityId);
    }

    /// @dev Card to the buyer, price shared out; the money has still to move.
    function _exchange(
        CardSlot card,
        uint256 cardId,
        address buyer,
        uint256 price,
        uint256 feeBps,
        uint256 charityBps,
        uint16 charityId
    ) private returns (uint256 net, uint256 taken) {
        address seller = card.owner();
        if (seller == buyer) revert SelfTrade(seller);
        _move(cardId, card, buyer);
        return _share(cardId, seller, buyer, price, feeBps, charityBps, charityId);
    }

    function _collect(address buyer, address seller, uint256 net, uint256 taken) private {
        _pull(buyer, seller, net);
        _pull(buyer, TREASURY, taken);
    }

    // ------------------------------------------------------------------ English auction

    /// @inheritdoc IExchangeTrade
    function openAuction(AuctionTerms calldata terms, bytes calldata sellerSignature, uint96 amount)
        external
        business(Features.ENGLISH)
    {
        uint256 end = block.timestamp + terms.duration;
        uint256 hardEnd = end + EXTENSION_MAX;
        CardSlot card = _sellable(terms.cardId, hardEnd);
        _requireOrder(card, terms.nonce, terms.deadline);
        if (terms.duration < DURATION_MIN || terms.duration > DURATION_MAX) revert BadTerms();
        if (amount < terms.reserve) revert BidTooLow(amount, terms.reserve);
        _requireSplit(amount, terms.feeBps, terms.charityBps, terms.charityId);
        if (terms.delivery == Delivery.REISSUE) _requireFeature(Features.REISSUE);
        address seller = card.owner();
        if (seller == msg.sender) revert SelfTrade(seller);
        _requireSigned(seller, terms.hash(), sellerSignature);
        _store(terms.cardId, card.withState(State.AUCTION));
        AuctionSlots storage auction = _auctions[terms.cardId];
        auction.word = AuctionWords.pack(msg.sender, amount, end, 0, terms.feeBps);
        uint256 extras = AuctionWords.packExtras(terms.charityBps, terms.charityId, terms.delivery);
        if (extras != 0) auction.extras = extras;
        _takeBid(terms.cardId, amount, end, hardEnd);
    }

    /// @inheritdoc IExchangeTrade
    function bid(uint256 cardId, uint96 amount) external business(Features.ENGLISH) {
        // He would drive the price up without a risk: who outbids him pays it.
        if (_cardIn(cardId, State.AUCTION).owner() == msg.sender) revert SelfTrade(msg.sender);
        AuctionSlots storage auction = _auctions[cardId];
        (address outbid, uint256 refund, uint256 end, uint256 extended, uint256 feeBps) =
            AuctionWords.unpack(auction.word);
        if (block.timestamp >= end) revert AuctionEnded(end);
        // Rounded up, and so at least one fen more.
        uint256 needed = refund + (refund * STEP_BPS + BPS - 1) / BPS;
        if (amount < needed) revert BidTooLow(amount, needed);
        if (end - block.timestamp < EXTENSION_STEP) {
            uint256 more = block.timestamp + EXTENSION_STEP - end;
            if (extended + more > EXTENSION_MAX) more = EXTENSION_MAX - extended;
            (end, extended) = (end + more, extended + more);
        }
        auction.word = AuctionWords.pack(msg.sender, amount, end, extended, feeBps);
        _takeBid(cardId, amount, end, end + EXTENSION_MAX - extended);
        _pay(outbid, refund);
    }

    /// @dev The bidder must be admitted until the auction can no longer run: his check cannot lapse in between.
    function _takeBid(uint256 cardId, uint96 amount, uint256 end, uint256 hardEnd) private {
        _requirePrice(amount);
        if (amount > AuctionWords.AMOUNT_MAX) revert PriceAboveCap(amount, AuctionWords.AMOUNT_MAX);
        _admit(msg.sender, _accounts[msg.sender], hardEnd);
        emit AuctionBid(cardId, msg.sender, amount, uint40(end));
        _pullWhole(msg.sender, address(this), amount);
    }

    /// @inheritdoc IExchangeTrade
    function settleAuction(uint256 cardId) external exit {
        CardSlot card = _cardIn(cardId, State.AUCTION);
        AuctionRecord memory auction = _auctions[cardId].read(EXTENSION_MAX);
        if (block.timestamp < auction.end) revert AuctionRunning(auction.end);
        delete _auctions[cardId];
        _conclude(
            card,
            Sale(cardId, auction.bidder, auction.amount, auction.feeBps, auction.charityBps, auction.charityId),
            auction.delivery
        );
    }

    // ------------------------------------------------------------------ fractions

    /// @inheritdoc IExchangeTrade
    /// @dev The card stays in the name of who split it, immovable: that saves two account words.
    function fractionalise(uint256 cardId, uint48 supply, uint96 floor, uint16 feeBps)
        external
        business(Features.FRACTION)
        returns (uint256 shareId)
    {
        CardSlot card = _sellable(cardId, block.timestamp);
        if (card.owner() != msg.sender) revert NotOwner(cardId, msg.sender);
        if (supply == 0) revert SharesZero();
        _requirePrice(floor);
        _requireSplit(floor, feeBps, 0, 0);
        if (_accounts[msg.sender].frozen()) revert IERC7943NonFungible.ERC7943CannotSend(msg.sender);
        card = card.bumped().withState(State.FRACTION);
        shareId = _shareId(cardId, card.nonce());
        _store(cardId, card);
        _fractions[shareId] = Fraction({supply: supply, money: floor, rest: 0, feeBps: feeBps, boughtOut: false});
        _shares[shareId][msg.sender] = supply;
        emit Fractionalised(cardId, shareId, msg.sender, supply, floor);
    }

    /// @inheritdoc IExchangeTrade
    /// @dev Needs no guard: the shares are gone before the money moves.
    function cash(uint256 shareId) external returns (uint256 amount) {
        Fraction memory fraction = _fractions[shareId];
        if (!fraction.boughtOut) revert NoSuchRecord(bytes32(shareId));
        uint256 shares = _shares[shareId][msg.sender];
        if (shares == 0) revert SharesZero();
        // Rounded down. What is kept back goes on to the next, so that the last takes the remainder; where nothing is,
        // nothing is written.
        uint256 parts = uint256(fraction.money) * shares + fraction.rest;
        amount = parts / fraction.supply;
        uint256 rest = parts % fraction.supply;
        if (rest != fraction.rest) _fractions[shareId].rest = uint48(rest);
        _shares[shareId][msg.sender] = 0;
        emit Cashed(shareId, msg.sender, shares, amount);
        _pay(msg.sender, amount);
    }

    // ------------------------------------------------------------------ use

    /// @inheritdoc IExchangeTrade
    function burn(uint256 cardId) external {
        CardSlot card = _place(cardId).slot;
        if (!card.isActiveOf(cardId, msg.sender)) _refuseOwn(cardId, card);
        AccountSlot account = _accounts[msg.sender];
        if (account.frozen()) revert IERC7943NonFungible.ERC7943CannotSend(msg.sender);
        _accounts[msg.sender] = account.minus(1);
        _store(cardId, card.bumped().withOwner(address(0)).withState(State.REDEEMED));
        emit IERC721.Transfer(msg.sender, address(0), cardId);
    }
}
